"""The side of Django Channels in src/bench/sceptics.sh: a server on Daphne or uvicorn, with the endpoints of ScepticServer."""

import asyncio
import collections
import os
import sys
import time

import django
from django.conf import settings

redis = ("127.0.0.1", int(os.environ.get("REDIS_PORT", "6379")))

if not settings.configured:  # the server imports this file once more
    settings.configure(
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["channels"],
        SECRET_KEY="for no purpose",
        USE_TZ=True,
        CHANNEL_LAYERS={"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [redis]}}},
    )
    django.setup()

from asgiref.sync import async_to_sync  # noqa: E402, needs the settings
from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer  # noqa: E402
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


class AsyncEcho(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data=text_data)


class Closing(WebsocketConsumer):
    """Channels 4.0 has no argument for the reason; the message of the specification has."""

    def receive(self, text_data=None, bytes_data=None):
        self.base_send({"type": "websocket.close", "code": 4001, "reason": "planted"})


class Member(WebsocketConsumer):
    """A member of a group that sends what it receives to all members."""

    groups = ["sceptics"]

    def receive(self, text_data=None, bytes_data=None):
        async_to_sync(self.channel_layer.group_send)("sceptics", {"type": "said", "text": text_data})

    def said(self, event):
        self.send(text_data=event["text"])

    def disconnect(self, code):
        journal.append(f"member {code}")


class Readers(AsyncWebsocketConsumer):
    """Two processes that read one name, as two workers do, and a third one that sends; here with one layer each."""

    async def receive(self, text_data=None, bytes_data=None):
        from channels_redis.core import RedisChannelLayer

        messages = int(text_data)
        layers = [RedisChannelLayer(hosts=[redis], capacity=messages) for _ in range(3)]
        received = collections.Counter()

        async def read(layer):
            while True:
                received[(await layer.receive("sceptics-job"))["number"]] += 1

        readers = [asyncio.ensure_future(read(layer)) for layer in layers[:2]]
        at_once = 50
        for first in range(0, messages, at_once):
            jobs = [{"type": "job", "number": number} for number in range(first, first + at_once)]
            await asyncio.gather(*(layers[2].send("sceptics-job", job) for job in jobs))
        before = -1
        while before != sum(received.values()):
            before = sum(received.values())
            await asyncio.sleep(2)
        for reader in readers:
            reader.cancel()
        twice = sum(1 for count in received.values() if count > 1)
        await self.send(text_data=f"{twice} received twice, {messages - len(received)} lost")


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
                path("ws/async-echo", AsyncEcho.as_asgi()),
                path("ws/closing", Closing.as_asgi()),
                path("ws/member", Member.as_asgi()),
                path("ws/readers", Readers.as_asgi()),
                path("ws/flood", Flood.as_asgi()),
                path("ws/journal", Journal.as_asgi()),
            ]
        ),
    }
)

if __name__ == "__main__":
    port = os.environ["PORT"]
    if sys.argv[1:] == ["uvicorn"]:
        import uvicorn

        uvicorn.run("channels_sceptics:application", port=int(port), log_level="critical")
    else:
        from daphne.cli import CommandLineInterface

        CommandLineInterface().run(["-v", "0", "-b", "127.0.0.1", "-p", port, "channels_sceptics:application"])
