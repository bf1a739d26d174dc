"""How a hostile submission takes hold of the worker's modules, whose names it may use itself."""

INSIDE = """
import gc, sys
def kind(name): return next(k for k in gc.get_objects() if type(k) is type and k.__name__ == name)
sys.modules["session"] = type(sys)("session")
sys.modules["session"].__dict__.update(kind("Session").answer.__globals__)
for module in list(vars(sys.modules["session"]).values()):
    if type(module) is type(sys):
        sys.modules.setdefault(module.__name__, module)
"""
