# Completion of followup for bash, from 3.2 on.

_followup() {
    local line kind=
    local typed="${COMP_LINE:0:COMP_POINT}"
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
    done < <(_FOLLOWUP_COMPLETE=bash _FOLLOWUP_LINE=$typed _FOLLOWUP_BREAKS=$COMP_WORDBREAKS _FOLLOWUP_TYPE=$COMP_TYPE \
        "${1/#\~\//$HOME/}" 2>/dev/null)
    case $kind in
        dir) compopt -o dirnames 2>/dev/null ;;
        file) compopt -o default 2>/dev/null ;;
    esac
    return 0
}

complete -F _followup followup
