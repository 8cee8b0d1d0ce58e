#!/bin/sh
# Makes the two synthetic voices of the demonstration: a (flite, rms, a man) and b (espeak-ng, en-us+f3, a woman), each saying
# the ten digits four times at slightly different speeds and pitches. Needs flite, espeak-ng and ffmpeg; the demonstration
# does not.
set -eu
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
a() { # word, stretch, mean pitch in Hz
  flite -voice rms --setf duration_stretch="$2" --setf int_f0_target_mean="$3" -t "$1." -o "$work/raw.wav"
}
b() { # word, words a minute, pitch 0 to 99
  espeak-ng -v en-us+f3 -s "$2" -p "$3" -w "$work/raw.wav" "$1"
}
trimmed="silenceremove=start_periods=1:start_threshold=-45dB,areverse"
trimmed="$trimmed,silenceremove=start_periods=1:start_threshold=-45dB,areverse,volume=0.8"
take() { # voice, take, speed, pitch
  mkdir -p "$1/take$2"
  number=0
  for word in zero one two three four five six seven eight nine; do
    "$1" "$word" "$3" "$4"
    ffmpeg -loglevel error -y -i "$work/raw.wav" -bitexact -map_metadata -1 -ac 1 -ar 16000 -c:a pcm_s16le \
      -af "$trimmed" "$1/take$2/$number.wav"
    number=$((number + 1))
  done
}
take a 1 0.88 95
take a 2 0.95 92
take a 3 0.83 99
take a 4 0.91 97
take b 1 190 50
take b 2 178 46
take b 3 205 54
take b 4 184 52
