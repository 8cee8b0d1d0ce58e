#!/bin/sh
# Makes the recordings of this directory: a synthetic voice says "three one four", in every format that is read.
# Needs espeak-ng and ffmpeg; the tests do not.
set -eu
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
espeak-ng -v en-gb -s 180 -g 4 -w "$work/speech.wav" "3 1 4"
make() { ffmpeg -loglevel error -y -i "$work/speech.wav" -bitexact -map_metadata -1 "$@"; }
cut="-t 0.25"
make $cut -ac 1 -ar 8000 -c:a pcm_u8 pcm8.wav
make $cut -ac 1 -ar 16000 -c:a pcm_s16le pcm16.wav
make $cut -ac 1 -ar 8000 -c:a pcm_s24le pcm24.wav
make $cut -ac 1 -ar 8000 -c:a pcm_s32le pcm32.wav
make $cut -ac 1 -ar 8000 -c:a pcm_f32le float.wav
make -ac 1 -ar 16000 -c:a libmp3lame -b:a 24k -write_xing 0 speech.mp3
make -ac 1 -ar 44100 -c:a aac -b:a 24k speech.m4a
make -ac 1 -ar 44100 -c:a aac -b:a 24k -movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 500000 fragmented.mp4
make -ac 1 -ar 16000 -c:a aac -b:a 24k -f adts speech.aac
make -ac 1 -ar 48000 -c:a libopus -b:a 16k -application voip -f webm -live 1 live.webm
make -ac 1 -ar 48000 -c:a libopus -b:a 16k -application voip announced.webm
make -ac 2 -ar 48000 -c:a libopus -b:a 24k -page_duration 200000 stereo.ogg
make -ac 1 -ar 48000 -c:a libopus -b:a 16k -page_duration 200000 speech.ogg
make $cut -ac 1 -ar 16000 -c:a flac -metadata_header_padding 0 speech.flac
