"""One node on Django Channels: Daphne and the pubsub layer of channels_redis.

Environment: PORT, REDIS_PORT. As NodeServer: what a client of /ws/publish sends, every client of /ws/member receives.
"""
import os

from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:" + os.environ["REDIS_PORT"]]},
        }
    }
)

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from daphne.server import Server  # noqa: E402
from django.urls import path  # noqa: E402


class Publisher(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        await self.channel_layer.group_send("room", {"type": "text", "text": text_data})


class Member(AsyncWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def text(self, event):
        await self.send(text_data=event["text"])


Server(
    ProtocolTypeRouter(
        {"websocket": URLRouter([path("ws/publish", Publisher.as_asgi()), path("ws/member", Member.as_asgi())])}
    ),
    endpoints=["tcp:port=%s:interface=127.0.0.1" % os.environ["PORT"]],
    signal_handlers=True,
    # The load generator does not answer pings.
    ping_interval=3600,
    ping_timeout=3600,
).run()
