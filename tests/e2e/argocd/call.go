package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/argoproj/argo-cd/v3/cmpserver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/cmp"
)

// call sends a folder to the plugin as the repo server does, and prints the answer, or the
// code and text of the error, as JSON.
func call(arguments []string) {
	flags := flag.NewFlagSet("call", flag.ExitOnError)
	socket := flags.String("socket", "", "socket of the plugin")
	root := flags.String("root", "", "root of the repository")
	app := flags.String("app", ".", "folder of the application, below the root")
	timeout := flags.Duration("timeout", time.Minute, "deadline of the call")
	if err := flags.Parse(arguments); err != nil {
		fail(err)
	}
	closer, client, err := apiclient.NewConfigManagementPluginClientSet(*socket).NewConfigManagementPluginClient()
	if err != nil {
		fail(err)
	}
	defer closer.Close()
	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	answer, err := ask(ctx, client, flags.Arg(0), *root, *app, flags.Args()[1:])
	if err != nil {
		say(map[string]any{"code": status.Code(err).String(), "error": status.Convert(err).Message()})
		return
	}
	say(map[string]any{"answer": answer})
}

func ask(ctx context.Context, client apiclient.ConfigManagementPluginServiceClient, method, root, app string, env []string) (any, error) {
	folder := filepath.Join(root, app)
	switch method {
	case "check":
		return client.CheckPluginConfiguration(ctx, &emptypb.Empty{})
	case "match":
		stream, err := client.MatchRepository(ctx)
		if err != nil {
			return nil, err
		}
		if err := cmp.SendRepoStream(ctx, folder, root, stream, env, nil); err != nil {
			return nil, err
		}
		return stream.CloseAndRecv()
	case "generate":
		stream, err := client.GenerateManifest(ctx)
		if err != nil {
			return nil, err
		}
		if err := cmp.SendRepoStream(ctx, folder, root, stream, env, nil); err != nil {
			return nil, err
		}
		return stream.CloseAndRecv()
	case "parameters":
		stream, err := client.GetParametersAnnouncement(ctx)
		if err != nil {
			return nil, err
		}
		if err := cmp.SendRepoStream(ctx, folder, root, stream, env, nil); err != nil {
			return nil, err
		}
		return stream.CloseAndRecv()
	}
	return nil, fmt.Errorf("no method %q", method)
}
