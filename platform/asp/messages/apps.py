from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "asp.messages"
    label = "asp_messages"  # "messages" is the label of django.contrib.messages
