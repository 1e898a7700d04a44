"""A live chart's server as tutorials of Flask have it: each viewer has a generator that sleeps.

`tutorial.py <port>` runs Flask's own server, with a thread for each viewer. The time of an event is
when it is made; there is no other schedule.
"""
import itertools
import json
import sys
import time

from flask import Flask, Response, request

app = Flask(__name__)
pace = {"per_second": 0.0}


@app.route("/")
def stream():
    def events():
        yield ":\n\n"
        for number in itertools.count(1_000_000):
            while pace["per_second"] <= 0:
                time.sleep(0.1)
            time.sleep(1 / pace["per_second"])
            sample = {"time": str(time.time_ns() // 1000), "value": number + number * 37 % 100 / 100}
            yield f"data:{json.dumps(sample)}\n\n"

    return Response(events(), mimetype="text/event-stream")


@app.route("/rate")
def rate():
    pace["per_second"] = float(request.query_string.decode().split(",")[0])
    return "", 204


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]), threaded=True)
