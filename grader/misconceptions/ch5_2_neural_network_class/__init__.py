"""Wrong answers in chapter 5.2: each is the right class with one method of its own."""
