"""Wrong answers in chapter 3.2."""
