package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

// expiredToken is what a service account's token looks like an hour after its end. The API server
// itself hands out none that lives for less than ten minutes, and no test waits for that.
func expiredToken(keyFile, issuer, namespace, name string) (string, error) {
	key, err := keyutil.PrivateKeyFromFile(keyFile)
	if err != nil {
		return "", err
	}
	generator, err := serviceaccount.JWTTokenGenerator(issuer, key)
	if err != nil {
		return "", err
	}
	account := core.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	ago := -int64(time.Hour.Seconds())
	claims, private, err := serviceaccount.Claims(account, nil, nil, nil, nil, nil, ago, 0, []string{issuer}, nil)
	if err != nil {
		return "", fmt.Errorf("claims of %s/%s: %w", namespace, name, err)
	}
	return generator.GenerateToken(context.Background(), claims, private)
}
