-- Neovim's own LSP client against the real server: code actions, hover, edit. Needs E2E_PYTHON and the file as argument.
-- Each check writes a line, "ok" or "FAIL"; the last line is "done".
local PATIENCE = tonumber(os.getenv('E2E_PATIENCE_MS')) or 120000 -- ms; the first request loads the models
local failed = false
vim.o.swapfile = false
vim.o.hidden = true

local function say(line)
  io.stdout:write(line .. '\n')
  io.stdout:flush()
end

local function check(name, ok, seen)
  failed = failed or not ok
  say(('%s nvim: %s  %s'):format(ok and 'ok  ' or 'FAIL', name, tostring(seen or ''):gsub('\n', ' / ')))
end

local function wait(ask)
  return (vim.wait(PATIENCE, ask, 20))
end

local function lines(buffer)
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

local function line_with(buffer, text)
  for number, line in ipairs(lines(buffer)) do
    if line:find(text, 1, true) then return number end
  end
end

-- The text of the floating window, as a person sees it.
local function float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(lines(vim.api.nvim_win_get_buf(window)), '\n'), window
    end
  end
end

local function walk()
  local buffer = vim.api.nvim_get_current_buf()
  vim.bo.filetype = 'python'
  local progress, messages = {}, {}
  local shows_progress = vim.lsp.handlers['$/progress']
  local id = (vim.lsp.start or vim.lsp.start_client)({
    name = 'planfirst',
    cmd = { os.getenv('E2E_PYTHON'), '-P', '-m', 'planfirst', 'serve' },
    root_dir = vim.fn.getcwd(),
    handlers = {
      ['$/progress'] = function(error, result, context, config)
        table.insert(progress, result.value.kind == 'report' and result.value.message or result.value.kind)
        return shows_progress and shows_progress(error, result, context, config)
      end,
      ['window/showMessage'] = function(_, result) table.insert(messages, result.message) return vim.NIL end,
    },
  })
  vim.lsp.buf_attach_client(buffer, id)
  local client
  check('initialize', wait(function()
    client = vim.lsp.get_client_by_id(id)
    return client and client.initialized and vim.lsp.buf_is_attached(buffer, id)
  end))

  local function at(text)
    vim.api.nvim_win_set_cursor(0, { line_with(buffer, text), 2 })
  end
  -- Opens the menu of code actions as a person does, and takes the entry with that title; gives all titles.
  local function choose(title)
    local titles
    vim.ui.select = function(items, options, done)
      titles = {}
      local chosen
      for _, item in ipairs(items) do
        local text = options.format_item(item)
        table.insert(titles, text)
        if text == title then chosen = item end
      end
      done(chosen)
    end
    vim.lsp.buf.code_action()
    wait(function() return titles end)
    return titles or {}
  end

  local original = table.concat(lines(buffer), '\n')
  local comment = 'read a csv file into a list of dicts'

  at('import Path')
  local none
  local notify = vim.notify
  vim.notify = function(text) none = text end
  vim.lsp.buf.code_action()
  check('no entries on plain code', wait(function() return none end) and none:find('No code actions'), none)
  vim.notify = notify

  at(comment)
  local titles = choose('Plan and generate from comment')
  check('entries on a comment', table.concat(titles, ' | ') ==
    'Plan and generate from comment | Plan | Show enhanced prompt | Insert plan as comments', table.concat(titles, ' | '))
  local written = wait(function()
    local next = lines(buffer)[line_with(buffer, comment) + 1]
    return next and vim.trim(next) ~= ''
  end)
  check('the code is written under its comment', written, lines(buffer)[line_with(buffer, comment) + 1])
  check('its import stands once, at the top', select(2, table.concat(lines(buffer), '\n'):gsub('import csv', '')) == 1 and
    line_with(buffer, 'import csv') < line_with(buffer, 'STOCK ='))
  wait(function() return progress[#progress] == 'end' end)
  check('progress', progress[1] == 'begin' and progress[#progress] == 'end' and #progress > 2, table.concat(progress, ', '))

  vim.cmd('undo')
  check('one undo brings the file back', table.concat(lines(buffer), '\n') == original)

  at(comment)
  vim.lsp.buf.hover()
  local text, window
  wait(function() text, window = float() return text end)
  check('hover', text and text:find('Planned by starter') and text:find('score') and text:find('Apache%-2%.0'), text)
  check('hover has no links to another editor\'s commands', text and not text:find('command:'))
  if window then vim.api.nvim_win_close(window, true) end

  at(comment)
  choose('Insert plan as comments')
  check('a known plan is inserted as a plain edit', wait(function() return line_with(buffer, '# Plan:') end), lines(buffer)[line_with(buffer, '# Plan:') or 1])
  local step = line_with(buffer, '# 1. ')
  vim.api.nvim_buf_set_lines(buffer, step, step, false, { '# 9. Return the list' })

  at(comment)
  titles = choose('Generate from this plan')
  check('the menu offers to generate from the plan', titles[1] == 'Generate from this plan', table.concat(titles, ' | '))
  local function after_the_plan()
    local after
    for number, line in ipairs(lines(buffer)) do
      if line:match('^# %d+%. ') then after = lines(buffer)[number + 1] end
    end
    return after
  end
  check('code from the changed plan', wait(function() return vim.trim(after_the_plan()) ~= '' end), after_the_plan())
  check('the changed plan still stands', line_with(buffer, '# 9. Return the list') ~= nil)
  check('no message of a fault', not table.concat(messages, ' '):find('wrong'), table.concat(messages, ' | '))

  vim.lsp.stop_client(id)
  check('the server ends with the editor', wait(function() return vim.lsp.client_is_stopped(id) end))
end

vim.api.nvim_create_autocmd('VimEnter', {
  callback = function()
    vim.schedule(function()
      local ok, fault = xpcall(walk, debug.traceback)
      if not ok then check('the script', false, fault) end
      say('done')
      vim.cmd(failed and 'cquit 1' or 'qall!')
    end)
  end,
})
