// Command argocd-e2e is three parts of a real Argo CD for kaitogen's end-to-end tests: the
// server that runs in the sidecar (serve), what the repo server says to it (call), and the
// interpreter of health scripts (health).
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: argocd-e2e serve|call|health ..."))
	}
	role := os.Args[1]
	os.Args = append([]string{"argocd-cmp-server"}, os.Args[2:]...)
	switch role {
	case "serve":
		if err := commands.NewCommand().Execute(); err != nil {
			os.Exit(1)
		}
	case "call":
		call(os.Args[1:])
	case "health":
		health(os.Args[1:])
	default:
		fail(fmt.Errorf("no role %q", role))
	}
}

func say(value any) {
	if err := json.NewEncoder(os.Stdout).Encode(value); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
