"""Turns the lessons into a website: runs their code, draws their pictures, checks their form."""
