"""What every room builds on: errors, wording, problems, files; knows no study."""
