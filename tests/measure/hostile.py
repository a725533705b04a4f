"""Files that are small and ask for much, and what each takes: python tests/measure/hostile.py

Of memory, the peak of server and workers over idle; the time and the answer are those of /classify
and of the page, the upload included.
"""

import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))  # where the helpers are

from helpers.hostile import FILES, asked, noise, saved
from helpers.server import running


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder, "log.txt")) as server:
        print("| file | KB | MB over idle | seconds | answer to /classify | MB | seconds | page |")
        print("| --- | ---: | ---: | ---: | --- | ---: | ---: | --- |")
        for name, make in FILES.items():
            content = make()
            row = f"| {name} | {len(content) / 1000:,.1f} |"
            for function in ("classify", "answered"):
                asked(server, function, saved(noise(99, 99, "L"), "PNG"))  # the workers are there
                with server.watched() as found:
                    _, said = asked(server, function, content)
                row += f" {found['megabytes']:.0f} | {found['seconds']:.1f} | {said} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
