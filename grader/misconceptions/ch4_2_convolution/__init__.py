"""Wrong answers in chapter 4.2."""
