"""Wrong answers in chapter 2.3."""
