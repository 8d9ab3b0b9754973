"""The languages that the program speaks, each by its own name. English needs no translation."""

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "zh_CN": "简体中文"}
