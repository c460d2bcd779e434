-- Base library only: a script in argocd-cm has no string library.

local function answer(status, message)
  return { status = status, message = message }
end

local function with(text, condition)
  if condition.message ~= nil and condition.message ~= "" then
    return text .. ": " .. condition.message
  end
  return text
end

local status = obj.status
if status == nil then
  return answer("Progressing", "waiting for KAITO to see the InferenceSet")
end

local found = {}
if status.conditions ~= nil then
  for _, condition in ipairs(status.conditions) do
    if condition.type ~= nil then
      found[condition.type] = condition
    end
  end
end

if found.InferenceSetDeleting ~= nil and found.InferenceSetDeleting.status == "True" then
  return answer("Progressing", "being deleted")
end

local ready = found.InferenceSetReady
local generation = obj.metadata ~= nil and obj.metadata.generation or nil
if
  ready ~= nil
  and generation ~= nil
  and ready.observedGeneration ~= nil
  and ready.observedGeneration < generation
then
  return answer("Progressing", "waiting for KAITO to see the latest change")
end

-- status.replicas repeats what is wanted; readyReplicas is what there is.
local wanted = 1
if obj.spec ~= nil and obj.spec.replicas ~= nil then
  wanted = obj.spec.replicas
end
local there = status.readyReplicas or 0
local counted = there .. " of " .. wanted .. " replicas are ready"

if ready ~= nil and ready.status == "False" and ready.reason == "inferencesetFailed" then
  return answer("Degraded", with("failed", ready))
end
if wanted == 0 then
  if there == 0 then
    return answer("Suspended", "scaled to zero replicas")
  end
  return answer("Progressing", "scaling to zero; " .. there .. " replicas are left")
end
if ready == nil then
  return answer("Progressing", "waiting for KAITO: " .. counted)
end
if ready.status == "True" and there >= wanted then
  return answer("Healthy", counted)
end
if ready.status == "True" then
  return answer("Progressing", counted)
end
return answer("Progressing", with(counted, ready))
