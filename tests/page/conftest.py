"""The built site in Chromium, for all tests of this folder."""

import pytest
from support.site import open_in


@pytest.fixture
def new_context(browser):
    """Makes a browser without a memory; options as Playwright's `new_context`."""
    contexts = []

    def made(width=1280, **options):
        size = {"width": width, "height": 900}
        contexts.append(browser.new_context(viewport=size, accept_downloads=True, **options))
        return contexts[-1]

    yield made
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(host, new_context):
    """Opens a page of the site in a browser without a memory: `open_page(name, **options)`."""
    return lambda name, **options: open_in(new_context(**options), f"{host.address}/{name}.html")


@pytest.fixture(scope="session")
def running(browser, host):
    """A page in which Python runs; for tests that leave nothing behind."""
    page = open_in(browser.new_context(), f"{host.address}/index.html")
    page.evaluate("course.ready()")
    return page
