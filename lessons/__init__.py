"""The lessons of the course, one Markdown file per chapter, and the builder of their site."""
