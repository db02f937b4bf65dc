# Completion of followup for fish, from 3.0 on.

function __followup_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    set -l lines (env _FOLLOWUP_COMPLETE=fish $program $words "$current" 2>/dev/null)
    set -l kind "$lines[1]"
    set -e lines[1]
    switch "$kind"
        case dir
            __fish_complete_directories "$current"
        case file
            __fish_complete_path "$current"
        case words shown
            for line in $lines
                printf '%s\n' "$line"
            end
    end
end

complete --command followup --no-files --keep-order --arguments '(__followup_complete)'
