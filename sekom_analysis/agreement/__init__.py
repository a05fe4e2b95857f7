"""Agreement between coders: ratings, patterns, coefficients, intervals."""
