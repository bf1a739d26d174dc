"""Wrong answers in chapter 2.2."""
