-- Base library only: a script in argocd-cm has no string library.

local function answer(status, message)
  return { status = status, message = message }
end

local function with(text, condition)
  if condition ~= nil and condition.message ~= nil and condition.message ~= "" then
    return text .. ": " .. condition.message
  end
  return text
end

local status = obj.status
if status == nil then
  return answer("Progressing", "waiting for KAITO to see the RAGEngine")
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

if is("RAGEngineDeleting", "True") then
  return answer("Progressing", "being deleted")
end

local summary = found.RAGEngineSucceeded
local generation = obj.metadata ~= nil and obj.metadata.generation or nil
if
  summary ~= nil
  and generation ~= nil
  and summary.observedGeneration ~= nil
  and summary.observedGeneration < generation
then
  return answer("Progressing", "waiting for KAITO to see the latest change")
end

if summary ~= nil and summary.status == "True" then
  return answer("Healthy", "the engine answers")
end

-- KAITO calls every error of a reconcile a failure, those of nodes that are on their way too:
-- only after the nodes are there does it mean something.
if not is("ResourceReady", "True") then
  return answer("Progressing", with("waiting for nodes", found.NodeClaimReady or found.ResourceReady))
end
local service = found.ServiceReady or found.RAGEngineServiceReady
if summary ~= nil and summary.status == "False" then
  return answer("Degraded", with("failed", summary))
end
return answer("Progressing", with("waiting for the image and the service", service))
