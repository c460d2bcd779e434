package main

import (
	"flag"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/util/lua"
)

type sample struct {
	InputPath string `json:"inputPath"`
}

// health runs the health script of each folder over its samples, with Argo CD's own interpreter,
// and prints for each sample what came out.
func health(arguments []string) {
	flags := flag.NewFlagSet("health", flag.ExitOnError)
	open := flags.Bool("open-libs", false, "with the libraries that built-in scripts get")
	if err := flags.Parse(arguments); err != nil {
		fail(err)
	}
	vm := lua.VM{UseOpenLibs: *open}
	said := map[string]any{}
	for _, folder := range flags.Args() {
		script, err := os.ReadFile(filepath.Join(folder, "health.lua"))
		if err != nil {
			fail(err)
		}
		var suite struct {
			Tests []sample `json:"tests"`
		}
		read(filepath.Join(folder, "health_test.yaml"), &suite)
		for _, test := range suite.Tests {
			path := filepath.Join(folder, test.InputPath)
			object := map[string]any{}
			read(path, &object)
			result, err := vm.ExecuteHealthLua(&unstructured.Unstructured{Object: object}, string(script))
			if err != nil {
				said[path] = map[string]any{"error": err.Error()}
				continue
			}
			said[path] = result
		}
	}
	say(said)
}

func read(path string, into any) {
	data, err := os.ReadFile(path)
	if err != nil {
		fail(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		fail(err)
	}
}
