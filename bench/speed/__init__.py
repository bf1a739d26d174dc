"""How fast the reference is: `python -m bench.speed` trains its models beside other software."""
