"""What a check found: the one form in which every failure is told."""

LABELS = ("call", "expected", "got", "where", "off by", "your line", "printed", "note")


class Finding(Exception):
    """A check that did not pass.

    `status` is one of the result file's; `headline` states the fact in one line, and `details`
    maps some of `LABELS` to text.
    """

    def __init__(self, headline, status="failed", **details):
        super().__init__(headline)
        self.headline = headline
        self.status = status
        self.details = {
            label: str(details[key])
            for label in LABELS
            if details.get(key := label.replace(" ", "_"))
        }

    def lines(self):
        """The headline, then one line for each detail, the labels in a column."""
        body = [
            f"  {label:<9} {text}".replace("\n", "\n" + " " * 12)
            for label, text in self.details.items()
        ]
        return [self.headline, *body]

    def __str__(self):
        return "\n".join(self.lines())
