# shellcheck shell=sh
# Sourced by .ci/run and by what builds or fetches tools: $tools is the folder that keeps what they make.
#
# ${KAITOGEN_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/kaitogen/tools}; where HOME is unset or empty, the
# home that the system has for this user, which go and npm then keep their own caches in as well.
HOME=${HOME:-$(eval "echo ~$(id -un)")}
export HOME
tools=${KAITOGEN_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/kaitogen/tools}
