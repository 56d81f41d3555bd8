"""The side of Django Channels in src/bench/sceptics.sh: a server on Daphne, with the endpoints of ScepticServer."""

import os
import time

import django
from django.conf import settings

if not settings.configured:  # Daphne imports this file once more
    settings.configure(ALLOWED_HOSTS=["*"], INSTALLED_APPS=["channels"], SECRET_KEY="for no purpose", USE_TZ=True)
    django.setup()

from channels.generic.websocket import WebsocketConsumer  # noqa: E402, needs the settings
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import path  # noqa: E402

journal = []


class Query(WebsocketConsumer):
    """A blocking call as long as a slow query."""

    def receive(self, text_data=None, bytes_data=None):
        time.sleep(0.5)
        self.send(text_data="done")


class Echo(WebsocketConsumer):
    def receive(self, text_data=None, bytes_data=None):
        self.send(text_data=text_data)


class Failing(WebsocketConsumer):
    def receive(self, text_data=None, bytes_data=None):
        raise ValueError("planted")

    def disconnect(self, code):
        journal.append(f"failing {code}")


class FailingConnect(WebsocketConsumer):
    def connect(self):
        raise ValueError("planted")


class Undecided(WebsocketConsumer):
    def connect(self):
        pass


class Leaving(WebsocketConsumer):
    def disconnect(self, code):
        journal.append(f"leaving {code}")


class Flood(WebsocketConsumer):
    def receive(self, text_data=None, bytes_data=None):
        for _ in range(int(text_data)):
            self.send(text_data="x" * 50_000)


class Journal(WebsocketConsumer):
    def connect(self):
        self.accept()
        self.send(text_data=", ".join(journal) or "nothing")


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter(
            [
                path("ws/query", Query.as_asgi()),
                path("ws/echo", Echo.as_asgi()),
                path("ws/failing", Failing.as_asgi()),
                path("ws/failing-connect", FailingConnect.as_asgi()),
                path("ws/undecided", Undecided.as_asgi()),
                path("ws/leaving", Leaving.as_asgi()),
                path("ws/flood", Flood.as_asgi()),
                path("ws/journal", Journal.as_asgi()),
            ]
        ),
    }
)

if __name__ == "__main__":
    from daphne.cli import CommandLineInterface

    CommandLineInterface().run(
        ["-v", "0", "-b", "127.0.0.1", "-p", os.environ["PORT"], "channels_sceptics:application"]
    )
