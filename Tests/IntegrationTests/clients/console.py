"""The web console in a real browser: `console.py PORT SOCKET`; `console.py --pictures PORT LIGHT DARK` takes pictures."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from browser import Browser  # noqa: E402


def pictures(port, light, dark):
    with Browser() as browser:
        browser.size(1200, 760)
        browser.open(f"http://127.0.0.1:{port}/")
        # Enough samples for the curves to be some.
        browser.until("[...document.querySelectorAll('.meter path')].some(p => p.getAttribute('d').split('L').length > 40)", 200)
        browser.picture(light)
        browser.size(1200, 760, dark=True)
        browser.key("j")
        browser.key("l")
        browser.until("document.querySelector('#log pre')?.textContent.length > 200")
        browser.picture(dark)


def check(port):
    with Browser() as browser:
        browser.size(1100, 800)
        base = f"http://127.0.0.1:{port}/"
        browser.open(base)
        row = "document.querySelector('.row[data-id=\"{}\"]')".format
        state = lambda name: row(name) + "?.querySelector('.state').textContent"
        browser.until(f"{state('cat:cat')} === 'running'")
        assert "running" in browser.run("document.querySelector('h1').textContent")

        # Buttons, and rows that change by themselves.
        press = lambda name, label: browser.run(
            f"[...{row(name)}.querySelectorAll('button')].find(b => b.textContent === '{label}').click()")
        answer = lambda label: browser.run(
            f"[...document.querySelectorAll('dialog button')].find(b => b.textContent === '{label}').click()")

        # What stops something is asked first, also for a key.
        press("cat:cat", "Stop")
        browser.until("document.querySelector('dialog')?.textContent.includes('Stop cat?')")
        answer("Cancel")
        browser.until("!document.querySelector('dialog')")
        browser.run(f"{row('cat:cat')}.click()")
        for key in ("r", "s"):
            browser.key(key)
            browser.until("document.querySelector('dialog')?.open")
            answer("Cancel")
            browser.until("!document.querySelector('dialog')")
        assert browser.run(state("cat:cat")) == "running"
        press("cat:cat", "Stop")
        browser.until("document.querySelector('dialog')?.open")
        answer("Stop")
        browser.until(f"{state('cat:cat')} === 'stopped'")
        press("cat:cat", "Start")
        browser.until(f"{state('cat:cat')} === 'running'")
        browser.until("document.querySelector('#toast').textContent === 'Process cat:cat started'")
        browser.until("document.querySelector('#events li').textContent.includes('cat STARTING to RUNNING')")
        press("cat:cat", "Why")
        browser.until("document.querySelector('dialog pre')?.textContent.startsWith('cat: active')")
        answer("Close")
        browser.until("!document.querySelector('dialog')")
        press("many:many_0", "Restart")
        browser.until("document.querySelector('dialog')?.open")
        answer("Restart")
        browser.until("document.querySelector('#toast').textContent === 'Process many:many_0 restarted'")

        # More and fewer processes.
        browser.run("document.querySelector('.group[data-group=many] .tools button[title^=\"One process more\"]').click()")
        browser.until(f"{state('many:many_2')} === 'running'")
        browser.run("document.querySelector('.group[data-group=many] .tools button[title^=\"One process fewer\"]').click()")
        browser.until("document.querySelector('dialog')?.open")
        answer("One fewer")
        browser.until(f"!{row('many:many_2')}")

        # Names and output are text, whatever they hold.
        assert browser.run("window.owned") is None
        browser.until("document.querySelectorAll('.meter path').length > 1")

        # Keys: filter, choose, look at the log, search it.
        browser.key("/")
        assert browser.run("document.activeElement.type") == "search"
        browser.run("document.activeElement.value = 'said'; document.activeElement.dispatchEvent(new Event('input'))")
        browser.until(f"{row('cat:cat')}.hidden && !{row('said:said')}.hidden")
        browser.key("Escape")
        browser.key("j")
        browser.key("l")
        browser.until("document.querySelector('#log pre')?.textContent.includes('<script>window.owned')")
        assert browser.run("window.owned") is None
        browser.run("const s = document.querySelector('#log input'); s.value = 'owned'; s.dispatchEvent(new Event('input'))")
        browser.until("document.querySelector('#log mark')?.textContent === 'owned'")
        browser.key("Escape")
        browser.until("!document.getElementById('log')")
        browser.key("?")
        browser.until("document.querySelector('dialog')?.open")
        browser.run("document.querySelector('dialog').close()")

        # Dark and light, and it stays so.
        browser.run("[...document.querySelectorAll('button')].find(b => b.textContent.startsWith('Theme')).click()")
        assert browser.run("document.documentElement.dataset.theme") == "dark"
        browser.open(base)
        browser.until("document.documentElement.dataset.theme === 'dark'")

        # A telephone: nothing is wider than the screen.
        browser.size(390, 800)
        browser.until(f"!!{row('cat:cat')}")
        assert browser.run("document.documentElement.scrollWidth <= 390"), browser.run("document.documentElement.scrollWidth")

        # Without a script the page does the same, by forms.
        browser.send("Emulation.setScriptExecutionDisabled", value=True)
        browser.size(1100, 800)
        browser.send("Page.navigate", url=base)
        browser.wait(lambda: browser.run("document.querySelectorAll('#processes tbody tr').length") == 4)
        browser.run("document.querySelector('form input[value=\"cat:cat\"] ~ button[value=stop]').click()")
        browser.wait(lambda: "Process cat:cat stopped" in (browser.run("document.body.textContent") or ""))
        assert not browser.console, browser.console
    print("ok")


if sys.argv[1] == "--pictures":
    pictures(*sys.argv[2:5])
else:
    check(sys.argv[1])
