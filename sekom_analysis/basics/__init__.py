"""What every room stands on: errors, wording, problems, files; knows no study."""
