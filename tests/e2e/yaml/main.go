// What Go makes of YAML: the readers of Argo CD, kubectl and kustomize.
//
// Standard input holds texts, each behind its length in four bytes, the highest first; a line of JSON answers each:
// "k8s" are the documents as Kubernetes reads them (documents cut apart as apimachinery does, then sigs.k8s.io/yaml,
// strict), "v3" as go.yaml.in/yaml/v3 does; "k8sError" and "v3Error" say why there are none.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	sigs "sigs.k8s.io/yaml"
)

type answer struct {
	K8s      []any  `json:"k8s"`
	K8sError string `json:"k8sError"`
	V3       []any  `json:"v3"`
	V3Error  string `json:"v3Error"`
}

// number keeps the digits of what JSON holds, so that nothing is rounded on the way.
func decoded(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

func kubernetes(text []byte) (found []any, err error) {
	defer recovered(&err)
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := sigs.YAMLToJSONStrict(document)
		if err != nil {
			return nil, err
		}
		value, err := decoded(data)
		if err != nil {
			return nil, err
		}
		found = append(found, value)
	}
}

func v3(text []byte) (found []any, err error) {
	defer recovered(&err)
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); err == io.EOF {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		timesAreText(&node)
		var value any
		if err := node.Decode(&value); err != nil {
			return nil, err
		}
		data, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		if value, err = decoded(data); err != nil {
			return nil, err
		}
		found = append(found, value)
	}
}

// kyaml, which kustomize reads with, leaves a day as the text it is, as Kubernetes does.
func timesAreText(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, below := range node.Content {
		timesAreText(below)
	}
}

func recovered(err *error) {
	if caught := recover(); caught != nil {
		*err = fmt.Errorf("panic: %v", caught)
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func main() {
	input, output := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var size uint32
		if err := binary.Read(input, binary.BigEndian, &size); err != nil {
			return
		}
		text := make([]byte, size)
		if _, err := io.ReadFull(input, text); err != nil {
			return
		}
		one, k8sError := kubernetes(text)
		other, v3Error := v3(text)
		if err := output.Encode(answer{one, message(k8sError), other, message(v3Error)}); err != nil {
			panic(err)
		}
	}
}
