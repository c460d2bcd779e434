// Command cluster is the control plane that the tests ask: kube-apiserver as it is released, and the
// etcd below it, in one process on loopback.
//
//	cluster FOLDER [FLAG OF KUBE-APISERVER]...
//	cluster --expired-token KEYFILE ISSUER NAMESPACE SERVICEACCOUNT
//
// The first form keeps its data in FOLDER, prints the API server's address on standard output once that
// listens, and ends with its standard input, so that no test leaves one behind. The second prints
// a token that was good once.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/embed"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: cluster FOLDER [FLAG OF KUBE-APISERVER]...")
		os.Exit(2)
	}
	if os.Args[1] == "--expired-token" && len(os.Args) == 6 {
		token, err := expiredToken(os.Args[2], os.Args[3], os.Args[4], os.Args[5])
		if err != nil {
			fmt.Fprintln(os.Stderr, "cluster:", err)
			os.Exit(1)
		}
		fmt.Println(token)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := run(ctx, os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folder string, flags []string) error {
	store, err := startEtcd(filepath.Join(folder, "etcd"))
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer store.Close()

	server := options.NewServerRunOptions()
	server.Etcd.StorageConfig.Transport.ServerList = []string{"http://" + store.Clients[0].Addr().String()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server.SecureServing.Listener = listener
	server.SecureServing.BindAddress = net.IPv4(127, 0, 0, 1)
	server.SecureServing.BindPort = listener.Addr().(*net.TCPAddr).Port

	all := pflag.NewFlagSet("cluster", pflag.ContinueOnError)
	for _, set := range server.Flags().FlagSets {
		all.AddFlagSet(set)
	}
	if err := all.Parse(flags); err != nil {
		return err
	}
	if err := server.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	klog.SetOutput(os.Stderr)
	rest.SetDefaultWarningHandler(rest.NoWarnings{})

	completed, err := server.Complete(ctx)
	if err != nil {
		return err
	}
	if errs := completed.Validate(); len(errs) != 0 {
		return utilerrors.NewAggregate(errs)
	}
	fmt.Printf("https://%s\n", listener.Addr())
	return app.Run(ctx, completed)
}

// startEtcd starts one member on ports that the system chooses. What it stores need not outlive the
// machine, so it does not wait for the disk.
func startEtcd(folder string) (*embed.Etcd, error) {
	config := embed.NewConfig()
	config.Dir = folder
	config.UnsafeNoFsync = true
	config.LogLevel = "error"
	anyPort := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	config.ListenClientUrls = []url.URL{anyPort}
	config.AdvertiseClientUrls = []url.URL{anyPort}
	config.ListenPeerUrls = []url.URL{anyPort}
	config.AdvertisePeerUrls = []url.URL{anyPort}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	store, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-store.Server.ReadyNotify():
		return store, nil
	case err := <-store.Err():
		return nil, err
	}
}
