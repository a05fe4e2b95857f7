#!/bin/sh
# macOS: a double click installs the program and puts "Sekom" on the desktop, which opens JupyterLab on a study.
# All of it lies in the folder Sekom in your home: to remove it, throw away Sekom/.program and the desktop's Sekom.
# SEKOM_PYTHON=/path/to/python3 sh install.command takes that Python.

cd "$(dirname "$0")" || exit 1
sekom_home="$HOME/Sekom"
program="$sekom_home/.program"
usable='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
export UV_NATIVE_TLS=1 PIP_DISABLE_PIP_VERSION_CHECK=1  # the certificates of an organisation's own network

stop() {
  printf '\n%s\n%s\n' "$1" "$2" >&2
  exit 1
}

[ -f pyproject.toml ] || stop "Packa upp hela zip-filen först, och dubbelklicka på install.command i den uppackade mappen." \
  "Unpack the whole zip file first, and double-click install.command in the unpacked folder."
printf '%s\n' "Sekom installeras i $sekom_home. Det tar några minuter." \
  "Sekom is being installed into $sekom_home. It takes some minutes."
mkdir -p "$sekom_home" || stop "Mappen $sekom_home kan inte skapas." "The folder $sekom_home cannot be made."
rm -rf "$program"

# A Python of 3.11 or newer: one that is here, or one that uv brings.
for python in "$SEKOM_PYTHON" python3.14 python3.13 python3.12 python3.11 python3 \
  /Library/Frameworks/Python.framework/Versions/3.1[1-9]/bin/python3 /opt/homebrew/bin/python3 /usr/local/bin/python3; do
  if [ -n "$python" ] && "$python" -c "$usable" >/dev/null 2>&1; then
    "$python" -m venv "$program" && break
  fi
done
for uv in uv "$HOME/.local/bin/uv" /opt/homebrew/bin/uv /usr/local/bin/uv; do
  [ -x "$program/bin/python" ] && break
  "$uv" --version >/dev/null 2>&1 && "$uv" venv --quiet --seed --python '>=3.11' "$program"
done
[ -x "$program/bin/python" ] || stop \
  "Python 3.11 eller nyare saknas. Installera det från https://www.python.org/downloads/ och dubbelklicka på install.command igen." \
  "Python 3.11 or newer is missing. Install it from https://www.python.org/downloads/ and double-click install.command again."

pip() { "$program/bin/python" -m pip install --quiet "$@"; }
if ! pip --constraint requirements.txt ".[notebooks,documents]"; then
  pip ".[notebooks]" || stop "Installationen avbröts; det som är fel står ovanför. Ofta saknas nätverk, eller så stoppar en brandvägg. Försök igen." \
    "The installation stopped; what is wrong is said above. Often there is no network, or a firewall is in the way. Try again."
  printf '%s\n' "Word och PDF kunde inte installeras. Allt annat fungerar." "Word and PDF could not be installed. All else works."
fi
[ -d "$sekom_home/exempel" ] || "$program/bin/sekom" new "$sekom_home/exempel" --sample || exit 1

desktop="$HOME/Desktop"
[ -d "$desktop" ] || desktop="$sekom_home"
cat >"$desktop/Sekom.command" <<'END'
#!/bin/sh
# Opens JupyterLab on the studies in the folder Sekom.
exec "$HOME/Sekom/.program/bin/sekom" lab "$HOME/Sekom"
END
chmod +x "$desktop/Sekom.command"
printf '\n%s\n%s\n' "Klart. Dubbelklicka på Sekom här: $desktop" "Done. Double-click Sekom here: $desktop"
