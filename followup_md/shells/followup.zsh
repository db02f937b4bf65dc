#compdef followup
# Completion of followup for zsh.

_followup() {
    local -a lines values shown
    local line
    local -i width=0
    lines=("${(@f)$(_FOLLOWUP_COMPLETE=zsh "${${(Q)words[1]}/#\~\//$HOME/}" \
        "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    case $lines[1] in
        dir) _files -/; return ;;
        file) _files; return ;;
    esac
    if [[ $lines[1] == shown ]]; then
        compstate[insert]=
        compstate[list]='list force'
    fi
    lines=("${(@)lines[2,-1]}")
    values=("${(@)lines%%$'\t'*}")
    if [[ ${lines[1]} == *$'\t'* ]]; then
        for line in "${values[@]}"; do (( $#line > width )) && width=$#line; done
        for line in "${lines[@]}"; do
            line="${(r:width:)line%%$'\t'*}  ${line#*$'\t'}"
            shown+=("${line[1,COLUMNS-1]}")
        done
        compadd -U -V followup -l -d shown -a -- values
    else
        compadd -U -V followup -a -- values
    fi
}

if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _followup "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _followup followup
fi
