"""What the kit does in a real window, by widget. Each `case_…` is one test."""
