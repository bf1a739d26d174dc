"""What each chapter must do, as pytest checks; one file for each chapter of the course."""
