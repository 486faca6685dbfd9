"""Uses what dist/ has as its users do, without a toolchain: python3 packaging/test PART... Needs root."""
import sys

import checks
import debian
import image
import kernel
import static_file
import wheel

PARTS = {"static": static_file.test, "wheel": wheel.test, "image": image.test, "debian": debian.test,
         "kernel": kernel.test}

for name in sys.argv[1:]:
    print(f"{name}:")
    PARTS[name]()
if checks.failures:
    sys.exit("failed: " + "; ".join(checks.failures))
