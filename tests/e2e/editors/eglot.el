;;; eglot.el --- Emacs with eglot against the real server: code actions, hover, edit  -*- lexical-binding: t -*-
;; Needs E2E_PYTHON and E2E_FILE. Each check writes a line, "ok" or "FAIL"; the last line is "done".
(package-initialize)
(require 'eglot)
(require 'cl-lib)

(defvar failed nil)
(defvar patience (/ (string-to-number (or (getenv "E2E_PATIENCE_MS") "120000")) 1000)) ; seconds; the first request loads the models

(defun check (name ok &optional seen)
  (unless ok (setq failed t))
  (princ (format "%s emacs: %s  %s\n" (if ok "ok  " "FAIL") name (replace-regexp-in-string "\n" " / " (format "%s" (or seen ""))))))

(defun wait-for (ask)
  (let ((end (+ (float-time) patience)) value)
    (while (and (not (setq value (funcall ask))) (< (float-time) end)) (accept-process-output nil 0.05))
    value))

(defun goto (text)
  (goto-char (point-min))
  (search-forward text)
  (beginning-of-line)
  (forward-char 2))

(defun line-after (text &optional regexp)
  "The line after the last one that has TEXT."
  (save-excursion
    (goto-char (point-max))
    (if regexp (re-search-backward text) (search-backward text))
    (forward-line 1)
    (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

(defun choose (title)
  "Opens the menu of code actions as a person does and takes the entry TITLE; gives all titles."
  (let (titles (last-nonmenu-event ?a))
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt items &rest _) (setq titles (mapcar (lambda (item) (if (consp item) (car item) item)) items)) title)))
      (eglot-code-actions (point) nil nil t))
    titles))

(defun hover ()
  "What eldoc gets to show for the place of point; nil when the server has nothing to say."
  (let ((answer 'waiting))
    (eglot--signal-textDocument/didChange) ; else it waits for Emacs to be idle, which a batch never is
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq answer text)))
    (wait-for (lambda () (not (eq answer 'waiting))))
    (and (stringp answer) (substring-no-properties answer))))

(defun walk ()
  (switch-to-buffer (find-file (getenv "E2E_FILE")))
  (python-mode)
  (add-to-list 'eglot-server-programs `(python-mode . (,(getenv "E2E_PYTHON") "-P" "-m" "planfirst" "serve")))
  (apply #'eglot (eglot--guess-contact))
  (check "initialize" (wait-for #'eglot-managed-p))
  (let ((original (buffer-string)) (comment "# read a csv file into a list of dicts") said)
    (goto "import Path")
    (check "no entries on plain code" (null (eglot-code-actions (point) nil nil nil)))

    (goto comment)
    (buffer-enable-undo)
    (undo-boundary)
    (setq said (choose "Plan and generate from comment"))
    (check "entries on a comment"
           (equal said '("Plan and generate from comment" "Plan" "Show enhanced prompt" "Insert plan as comments")) said)
    (check "the code is written under its comment"
           (wait-for (lambda () (not (string-blank-p (line-after comment))))) (line-after comment))
    (check "its import stands once, at the top"
           (and (= 1 (how-many "^import csv" (point-min) (point-max)))
                (save-excursion (goto-char (point-min)) (< (search-forward "import csv") (search-forward "STOCK =")))))

    (undo-boundary)
    (undo)
    (check "one undo brings the file back" (equal (buffer-string) original))

    (goto comment)
    (setq said (hover))
    (check "hover" (and said (cl-every (lambda (part) (string-match-p (regexp-quote part) said)) '("Planned by starter" "score" "Apache-2.0"))) said)
    (check "hover has no links to another editor's commands" (and said (not (string-match-p "command:" said))))

    (goto comment)
    (choose "Insert plan as comments")
    (check "a known plan is inserted" (wait-for (lambda () (string-match-p "^# Plan:$" (buffer-string)))) (line-after comment))
    (save-excursion
      (goto-char (point-max))
      (re-search-backward "^# [0-9]\\. ")
      (forward-line 1)
      (insert "# 9. Return the list\n"))

    (goto comment)
    (setq said (choose "Generate from this plan"))
    (check "the menu offers to generate from the plan" (equal (car said) "Generate from this plan") said)
    (check "code from the changed plan"
           (wait-for (lambda () (not (string-blank-p (line-after "# 9. Return the list"))))) (line-after "# 9. Return the list"))
    (let ((process (jsonrpc--process (eglot-current-server))))
      (eglot-shutdown (eglot-current-server))
      (check "the server ends with the editor" (wait-for (lambda () (not (process-live-p process))))))))

(setq make-backup-files nil auto-save-default nil create-lockfiles nil
      eglot-sync-connect 30 eglot-autoshutdown t
      eglot-confirm-server-initiated-edits nil) ; by default Emacs asks before it takes an edit, and nobody answers here
(condition-case fault
    (walk)
  (error (check "the script" nil (error-message-string fault))))
(princ "done\n")
(kill-emacs (if failed 1 0))
