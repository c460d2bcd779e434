-- Base library only: a script in argocd-cm has no string library.

-- Reasons of InferenceReady after which KAITO does not get further by waiting (0.12).
local broken = {
  ImagePullError = true,
  ContainerCrashLoopBackOff = true,
  ContainerOOMKilled = true,
  ContainerStartError = true,
  PodEvicted = true,
  NodeDiskPressure = true,
  NodeMemoryPressure = true,
  SASTokenFetchFailed = true,
  ModelStreamingStorageClassNotFound = true,
  ModelStreamingInvalidStorageClass = true,
  ModelStreamingServiceAccountInvalid = true,
  ModelStreamingInvalidAnnotations = true,
  ModelMirrorCreateFailed = true,
}

-- What a condition that is not yet True waits for, in the order in which KAITO gets there.
local steps = {
  { "NodeClaimReady", "waiting for GPU nodes" },
  { "NodeClaimsReady", "waiting for GPU nodes" },
  { "NodesReady", "waiting for the nodes to become ready" },
  { "ResourceReady", "waiting for the nodes to become ready" },
  { "ModelMirrorReady", "waiting for the model to be downloaded" },
  { "InferenceReady", "waiting for the image, the model and the server" },
  { "JobStarted", "waiting for the tuning job" },
  { "BenchmarkCompleted", "waiting for the benchmark" },
}
-- The reasons that say it better than their condition does.
local waits = {
  NodePluginsNotReady = "waiting for the GPU driver on the nodes",
  ModelMirrorNotReady = "waiting for the model to be downloaded",
  Unschedulable = "waiting for room on the nodes",
}

local function answer(status, message)
  return { status = status, message = message }
end

local function with(text, condition)
  if condition == nil then
    return text
  end
  if condition.message ~= nil and condition.message ~= "" then
    return text .. ": " .. condition.message
  end
  if condition.reason ~= nil and condition.reason ~= "" then
    return text .. ": " .. condition.reason
  end
  return text
end

local status = obj.status
if status == nil then
  return answer("Progressing", "waiting for KAITO to see the Workspace")
end

local found = {}
if status.conditions ~= nil then
  for _, condition in ipairs(status.conditions) do
    if condition.type ~= nil then
      found[condition.type] = condition
    end
  end
end

local function is(kind, value)
  return found[kind] ~= nil and found[kind].status == value
end

local function waiting()
  for _, step in ipairs(steps) do
    local condition = found[step[1]]
    if condition ~= nil and condition.status ~= "True" then
      return with(waits[condition.reason] or step[2], condition)
    end
  end
  if is("JobStarted", "True") then
    return "the tuning job runs"
  end
  if is("ResourceReady", "True") then
    return obj.tuning ~= nil and "waiting for the tuning job" or "waiting for the image, the model and the server"
  end
  return "waiting for KAITO"
end

if is("WorkspaceDeleting", "True") then
  return answer("Progressing", "being deleted")
end

local summary = found.WorkspaceSucceeded
if summary == nil then
  return answer("Progressing", waiting())
end
local generation = obj.metadata ~= nil and obj.metadata.generation or nil
if generation ~= nil and summary.observedGeneration ~= nil and summary.observedGeneration < generation then
  return answer("Progressing", "waiting for KAITO to see the latest change")
end

if summary.status == "True" then
  if obj.tuning ~= nil then
    return answer("Healthy", "the tuning job has succeeded")
  end
  return answer("Healthy", "the model is served")
end

-- The condition that says why, rather than the summary that says that.
local function failing()
  for _, kind in ipairs({ "NodeClaimReady", "NodesReady", "InferenceReady", "JobStarted" }) do
    if is(kind, "False") then
      return found[kind]
    end
  end
  return summary
end

if status.state == "Failed" or summary.reason == "workspaceFailed" then
  return answer("Degraded", with("failed", failing()))
end
-- Strings compare without a library: whether one begins so is what lies between that and the next.
local function log_unread(condition)
  local message = condition ~= nil and condition.message or ""
  return message >= "streaming logs" and message < "streaming logt"
end

if summary.reason == "BenchmarkFailed" then
  local benchmark = found.BenchmarkCompleted or summary
  if log_unread(benchmark) then
    local words = "KAITO could not read the log of its benchmark, which the annotation kaito.sh/disable-benchmark=true ends"
    return answer("Degraded", with(words, benchmark))
  end
  return answer("Degraded", with("the benchmark failed", found.BenchmarkCompleted or summary))
end
-- KAITO says NotReady after each change that it accepts as well, and where a pod moves, until the model is loaded again:
-- then the nodes are there, and no reason says that anything is broken.
if
  status.state == "NotReady"
  and is("ResourceReady", "True")
  and not is("NodesReady", "False")
  and is("InferenceReady", "False")
  and found.InferenceReady.reason == "WorkspaceInferenceStatusPending"
then
  return answer("Progressing", with("restarting, it was ready", found.InferenceReady))
end
if status.state == "NotReady" then
  return answer("Degraded", with("it was ready and is no longer", failing()))
end
local inference = found.InferenceReady
if inference ~= nil and inference.status == "False" and broken[inference.reason] then
  return answer("Degraded", with("the server does not start (" .. inference.reason .. ")", inference))
end
-- Where KAITO (0.9 and later, which has a state) could not estimate the nodes, it wants none,
-- and then has all of them: ResourceReady says True over nothing.
if
  status.state ~= nil
  and (status.targetNodeCount == nil or status.targetNodeCount == 0)
  and is("ResourceReady", "True")
  and not is("InferenceReady", "True")
  and obj.tuning == nil
then
  return answer("Degraded", with("KAITO could not estimate how many nodes the model needs", summary))
end
return answer("Progressing", waiting())
