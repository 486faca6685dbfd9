"""A headless chromium, driven over its debugging pipe: open pages, run scripts in them, press keys, take pictures."""
import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    def __init__(self, width=1200, height=800):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        to_browser, self.writer = os.pipe()
        self.reader, from_browser = os.pipe()
        self.profile = tempfile.mkdtemp(prefix="circus-browser-")

        def place():
            # Chromium reads commands on 3 and answers on 4; both ends may lie there already.
            source, target = os.dup(to_browser), os.dup(from_browser)
            source, target = os.dup2(source, 60), os.dup2(target, 61)
            os.dup2(source, 3)
            os.dup2(target, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--remote-debugging-pipe", f"--user-data-dir={self.profile}",
             f"--window-size={width},{height}", "about:blank"],
            preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.numbers = itertools.count(1)
        self.buffer = b""
        self.session = None
        self.console = []
        pages = self.wait(lambda: [t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page"])
        self.session = self.send("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.session = None
            self.send("Browser.close")
        except Exception:
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def send(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def read(self):
        while b"\0" not in self.buffer:
            data = os.read(self.reader, 65536)
            if not data:
                raise RuntimeError("the browser is gone")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(text)
        if message.get("method") == "Log.entryAdded":
            self.console.append(message["params"]["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.console.append(message["params"]["exceptionDetails"]["exception"].get("description", "exception"))
        return message

    def wait(self, condition, seconds=20):
        """What `condition` returns as soon as it is true."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = condition()
            except RuntimeError as error:
                found, problem = None, error
            else:
                problem = "it stayed false"
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {problem}; console: {self.console}")
            select.select([], [], [], 0.05)

    def open(self, url):
        self.send("Page.navigate", url=url)
        self.wait(lambda: self.run("document.readyState") == "complete")

    def run(self, script):
        """The value of a JavaScript expression."""
        result = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", "exception"))
        return result["result"].get("value")

    def until(self, script, seconds=20):
        return self.wait(lambda: self.run(script), seconds)

    def key(self, key):
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, text=key if len(key) == 1 and kind == "keyDown" else "")

    def size(self, width, height, dark=False):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))
