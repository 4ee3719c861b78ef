# Publish the site and serve it; publish it again each day. BASE_URL is its address.
set -eu

publish() {
    orderwatch publish /data/site/public ${BASE_URL:+--base-url "$BASE_URL"}
}

mkdir -p /data/site
publish
# The old site stays where publishing fails.
while sleep 86400; do publish || true; done &
exec nginx -e /dev/stderr -c /srv/nginx.conf -g 'daemon off;'
