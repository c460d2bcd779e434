#!/bin/sh
# Make the certificates of the tests' own API server anew: an authority, what it signed, and another authority.
# The keys open nothing: each certificate is for localhost alone, and nobody trusts the authority.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index"
cat >"$work/config" <<END
[ca]
default_ca = tests
[tests]
new_certs_dir = $work
database = $work/index
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
[here]
subjectAltName = IP:127.0.0.1, DNS:localhost
[elsewhere]
subjectAltName = DNS:elsewhere.example
[client]
extendedKeyUsage = clientAuth
END

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

authority() { # NAME
    key "$work/$1.key"
    openssl req -x509 -new -key "$work/$1.key" -subj "/CN=kaitogen tests $1" -days 36500 \
        -config "$work/config" -extensions authority -out "$1.pem"
}

signed() { # NAME EXTENSIONS START END
    key "$work/$1.key"
    openssl req -new -key "$work/$1.key" -subj "/CN=$1" -config "$work/config" -out "$work/$1.csr"
    openssl ca -batch -notext -config "$work/config" -cert authority.pem -keyfile "$work/authority.key" \
        -in "$work/$1.csr" -extensions "$2" -startdate "$3" -enddate "$4" -out "$work/$1.crt" 2>/dev/null
    cat "$work/$1.crt" "$work/$1.key" >"$1.pem"
}

printf '[req]\ndistinguished_name = name\n[name]\n' >>"$work/config"
authority authority
authority stranger
signed here here 20240101000000Z 21240101000000Z
signed elsewhere elsewhere 20240101000000Z 21240101000000Z
signed expired here 20200101000000Z 20210101000000Z
signed client client 20240101000000Z 21240101000000Z
