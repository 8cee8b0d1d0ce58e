#!/bin/sh
# Makes the two synthetic voices of the demonstration: a (flite, rms, a man) and b (flite, slt, a woman), each saying the ten
# digits four times at slightly different speeds and pitches. Needs flite and ffmpeg; the demonstration does not.
set -eu
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
digit() { # voice, take, digit, word, flite voice, stretch, mean pitch in Hz
  mkdir -p "$1/take$2"
  flite -voice "$5" --setf duration_stretch="$6" --setf int_f0_target_mean="$7" -t "$4." -o "$work/raw.wav"
  ffmpeg -loglevel error -y -i "$work/raw.wav" -bitexact -map_metadata -1 -ac 1 -ar 16000 -c:a pcm_s16le \
    -af "silenceremove=start_periods=1:start_threshold=-45dB,areverse,silenceremove=start_periods=1:start_threshold=-45dB,areverse,volume=0.8" \
    "$1/take$2/$3.wav"
}
speaker() { # voice, flite voice, then stretch and pitch of each take
  name="$1"; flite_voice="$2"; shift 2
  take=1
  while [ $# -gt 0 ]; do
    number=0
    for word in zero one two three four five six seven eight nine; do
      digit "$name" "$take" "$number" "$word" "$flite_voice" "$1" "$2"
      number=$((number + 1))
    done
    take=$((take + 1)); shift 2
  done
}
speaker a rms 0.88 95 0.95 92 0.83 99 0.91 97
speaker b slt 0.88 172 0.95 167 0.83 178 0.91 174
