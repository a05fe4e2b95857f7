"""Files of the world outside, in and out."""
