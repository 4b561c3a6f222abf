#!/bin/sh
# Compile the style sheets and copy the scripts that are committed under conductdesk/static.
# Needs Node; nobody who installs ConductDesk does. NODE_PACKAGES is the folder that holds node_modules
# with govuk-frontend 6.3.0, @ministryofjustice/frontend 11.1.0, htmx.org 2.0.11 and sass.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../conductdesk/static
packages=${NODE_PACKAGES:?Set NODE_PACKAGES to the folder that holds node_modules}
modules=$packages/node_modules
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

compile() { # name
    "$modules/.bin/sass" --no-source-map --quiet --load-path="$packages" \
        --load-path="$modules" "$here/$1.scss" "$work/$1.css"
    # The crest, the crown and the icons are files that we do not ship: no rule may name them.
    LC_ALL=C sed -e '/url(/d' -e 's/^ *//' -e '/^$/d' "$work/$1.css" > "$out/$1.css"
}

compile public
compile desk
if grep -lE '\.svg|\.png|\.woff|GDS Transport|url\(' "$out/public.css" "$out/desk.css"; then
    echo "the compiled style sheets above name a file or a font that is not ours" >&2
    exit 1
fi
cp "$modules/govuk-frontend/dist/govuk/govuk-frontend.min.js" "$out/govuk-frontend-6.3.0.min.js"
cp "$modules/htmx.org/dist/htmx.min.js" "$out/htmx-2.0.11.min.js"
sed -i '/^\/\/# sourceMappingURL=/d' "$out/govuk-frontend-6.3.0.min.js"
