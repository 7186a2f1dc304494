"""Pages of this app on the host console."""

from asp.accounts.urls_common import common

app_name = "accounts"
urlpatterns = common
